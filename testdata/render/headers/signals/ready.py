from sqlmesh import signal


@signal()
def is_ready(batch, least: int = 0, named: str = ""):
    return len(batch) >= least


@signal("shown")
def hidden(batch):
    return True
