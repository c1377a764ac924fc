from sqlmesh import CustomMaterialization


class Stored(CustomMaterialization):
    NAME = "stored"

    def insert(self, table_name, query_or_df, model, is_first_insert, render_kwargs, **kwargs):
        self.adapter.replace_query(table_name, query_or_df)
