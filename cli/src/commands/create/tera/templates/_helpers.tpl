{# The short name: the chart's, or the one that was set. #}
{% component name(@values, @chart) -%}
{{ values.nameOverride | default(value=chart.name) | trunc(n=63) | trim_suffix(suffix="-") }}
{%- endcomponent name %}

{#
The name of all objects: release and chart, or the release alone where it holds the chart's name
already. Cut at 63 letters, the most that a DNS label may have.
#}
{% component fullname(@values, @chart, @release) -%}
{%- set short = values.nameOverride | default(value=chart.name) %}
{%- set full = release.name if short in release.name else release.name ~ "-" ~ short %}
{{- values.fullnameOverride | default(value=full) | trunc(n=63) | trim_suffix(suffix="-") }}
{%- endcomponent fullname %}

{# The labels that find the pods. They must never change. #}
{% component selector_labels(@values, @chart, @release) -%}
app.kubernetes.io/name: {{ <name /> }}
app.kubernetes.io/instance: {{ release.name }}
{%- endcomponent selector_labels %}

{# The labels of every object. `+` is not allowed in labels. #}
{% component labels(@values, @chart, @release) -%}
{%- set label = chart.name ~ "-" ~ chart.version -%}
helm.sh/chart: {{ label | replace(from="+", to="_") | trunc(n=63) | trim_suffix(suffix="-") }}
{{ <selector_labels /> }}
{%- if chart.app_version %}
app.kubernetes.io/version: {{ chart.app_version | quote }}
{%- endif %}
app.kubernetes.io/managed-by: {{ release.service }}
{%- endcomponent labels %}

{# The account of the pods: the chart's own, a given one, or the namespace's. #}
{% component account(@values, @chart, @release) -%}
{%- set full %}{{ <fullname /> }}{% endset %}
{%- set own = full if values.serviceAccount.create else "default" %}
{{- values.serviceAccount.name | default(value=own) }}
{%- endcomponent account %}
