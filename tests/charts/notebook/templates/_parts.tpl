{# The labels of every object. #}
{% component labels(@release, @values, more: map = {}) -%}
app.kubernetes.io/instance: {{ release.name }}
app.kubernetes.io/managed-by: {{ release.service }}
{%- for key, value in {...values.labels, ...more} %}
{{ key }}: {{ value | quote }}
{%- endfor %}
{%- endcomponent labels %}
