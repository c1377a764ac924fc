METRIC (name total_amount, owner sums, description 'All of it', expression SUM(marts.everything.amount));
METRIC (name total_count, expression COUNT(marts.everything.id));
METRIC (name mean_amount, expression total_amount / total_count);
