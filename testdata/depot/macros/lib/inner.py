FACTOR = 2


def times(value):
    return f"{value} * {FACTOR}"
