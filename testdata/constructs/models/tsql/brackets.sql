MODEL (
  name tsql.brackets,
  kind FULL,
  dialect tsql
);

SELECT [id] AS [the id], [amount] FROM [raw].[orders]
