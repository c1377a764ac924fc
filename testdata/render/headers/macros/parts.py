from sqlglot import exp

from sqlmesh import macro


@macro()
def session_properties(evaluator, value):
    pair = exp.EQ(this=exp.Literal.string("threads"), expression=value)
    return exp.Property(this=exp.var("session_properties"), value=exp.Paren(this=pair))


@macro()
def someone(evaluator):
    return "data"
