"""What the short codes mean, a sentence each: for pages that people read. Programs see the codes."""

NOT_A_REPORT = {
    "bounce": "a bounce comes back from mail that was sent, nobody complains",
    "auto_reply": "an automatic reply",
    "mailing_list": "mail of a mailing list",
    "invitation": "an invitation to a meeting",
    "dmarc_aggregate": "daily DMARC statistics, not about one message",
    "tls_report": "daily TLS statistics, not about one message",
    "read_receipt": "a receipt that a mail was read",
    "no_evidence": "a person writes, but no message is attached: gets help how to report",
    "not_mail": "no mail at all",
}
"""Why a mail is no report."""

UNATTRIBUTED = {
    "not_ours": "The message came from an address that is none of ours: it did not leave our servers.",
    "no_holder_then": "The address is in a network that a tenant held, but not when the message arrived.",
    "no_route": "The report tells no address that the message came from: it has no usable Received line.",
    "no_tenant_named": "The message left our servers, but no address, provider header or envelope names a tenant.",
    "ambiguous": "One kind of trace names more than one tenant, or a name that two list: it is trusted for none.",
    "conflict": "Traces of different kinds (such as address and envelope) name different tenants: none is trusted.",
}
"""Why no tenant is named."""

UNANSWERED = {
    "quarantined": "The mail was quarantined.",
    "no_report_of_a_person": "It is no report of a person.",
    "no_reporter": "From is absent, holds more than one address, or one that is not a plain ASCII address.",
    "null_return_path": "Its Return-Path is empty: nobody wants an answer.",
    "own_address": "From is one of our own addresses.",
    "reply_to_us": "Reply-To is one of our own addresses.",
    "unroutable_domain": "The domain of From cannot be public.",
    "auto_submitted": "Auto-Submitted says that a program sent it.",
    "bulk": "Precedence says that it is bulk mail.",
    "mailing_list": "It came through a mailing list.",
    "asks_for_no_answer": "Its header asks for no automatic answer.",
    "loop": "Its X-Loop names us.",
    "too_many_hops": "It has so many Received lines that it goes round in a loop.",
    "robot": "The reporter's address is that of a program that reads no answers.",
    "answers_us": "It answers an acknowledgement of ours, or reports one.",
    "answered_before": "It brings nothing that came from somewhere, and the reporter had an answer within 7 days.",
    "not_authenticated": "The reporter's domain did not pass at our mail server, so From may be forged.",
    "held_back": "The reporter, or all together, are over the limit; one summary tells of all such mails later.",
    "not_written": "An acknowledgement would have held what must not leave us, so none was written; the log says what.",
    "in_summary": "The reporter was told of it in a summary, together with other mails.",
}
"""Why nobody is acknowledged."""
