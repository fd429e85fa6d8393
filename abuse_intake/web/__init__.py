"""The JSON API: what the command line does with incidents and mails, for other programs, under `/api/v1`."""
