from sqlmesh.core.linter.rule import Rule


class NoOwner(Rule):
    """Models have an owner."""

    def check_model(self, model):
        return None
