HOUR = 60
UNIT = "hour"


def scaled(value, by=2):
    """Scale."""
    return value * by


class Shape:
    SIDES = 4

    def area(self, x):
        return x * self.SIDES
