from sqlmesh import macro


@macro()
def written_blueprints(evaluator):
    return "((customer := first, field := a), (customer := second, field := amount))"


@macro()
def made_blueprints(evaluator, customers):
    fields = {"one": "a", "two": "amount"}
    return [f"(customer := {customer.name}, field := {fields[customer.name]})" for customer in customers.expressions]


@macro()
def chosen_kind(evaluator):
    return "VIEW"
