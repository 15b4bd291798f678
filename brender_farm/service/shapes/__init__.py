"""What the service layer hands out: frozen views of shots, chunks, frames and nodes.

Database rows never leave the service; the dashboard, the API, the command line and
`submit_shot()` see these. Times are aware UTC; None means "not yet" or "not known".
"""
