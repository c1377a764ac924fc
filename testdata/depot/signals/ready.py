from sqlmesh import signal
from helpers.clock import HOUR


@signal()
def ready(batch, hours: int = 1):
    return len(batch) > HOUR * hours
