"""The guard: what strangers wrote is read in processes of its own, with limits of time and memory.

`pool.Guard` is what the rest of the program uses. `process` is one reader process as the program sees it,
`child` is what runs in it, `wire` what both say to each other. See docs/decisions/0006-guard.md.
"""
