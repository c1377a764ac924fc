MODEL (name m.changing, kind FULL);

JINJA_QUERY_BEGIN;
{% set l = [3, 1] %}{% do l.extend([2, 5]) %}{% do l.insert(0, 9) %}{% set p = l.pop() %}
{% set rows = [] %}{% for i in range(3) %}{% do rows.append({'n': i, 'pair': (i, 'x')}) %}{% endfor %}
{% set d = {} %}{% do d.update({'a': 1}) %}{% do d.update(b=2) %}{% set _ = d.setdefault('c', 3) %}
{% set ns = namespace(l=[], all='') %}{% for i in range(3) %}{% do ns.l.append(i) %}{% set ns.all = ns.all ~ i %}{% endfor %}
SELECT $${{ l | sort }} {{ p }} {{ l[0] }} {{ l[-1] }} {{ 9 in l }} {{ l[1:] }} {{ l == [9, 3, 1, 2] }}$$ AS a,
  $${{ rows }} {% for r in rows %}{{ r.n }}{{ r['pair'][1] }}{% endfor %}$$ AS b,
  $${{ d }} {{ d.a }} {% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %} {{ d.pop('a') }} {{ d | length }} {{ d.keys() | list }}$$ AS c,
  $${{ ns.l }} {{ ns.all }}$$ AS d
FROM raw.t
JINJA_END;
