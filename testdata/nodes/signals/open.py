from sqlmesh import signal


@signal()
def is_open(batch):
    return True
