MODEL (
  name @layer.made,
  kind @IF(@kept, FULL, VIEW),
  owner @team,
  cron @every,
  interval_unit @unit,
  description @team,
  tags (@team, other),
  grains (@EACH([id, kind], c -> @c), ds),
  @session_properties(4),
  depends_on (@IF(@kept, marts.everything, raw.plain), raw.more),
  clustered_by (@IF(@kept, id, kind)),
  allow_partials @kept,
  physical_properties (made_by = @team, days = @days),
  audits (not_null(columns := (@key))),
  signals (is_ready(least := @days)),
  stamp @VAR('missing', 'none')
);
SELECT id, kind FROM marts.everything
