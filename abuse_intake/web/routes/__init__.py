"""The routes, a module a noun: each reads its query, asks the store, and answers in the forms of `as_json`."""
