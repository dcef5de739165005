{% macro external_source_name(value) -%}
    {#- A ready feed must not take the name of a system with models of its own, nor break `source:id` keys. -#}
    {%- set name = "replace(lower(" ~ clean_text(value) ~ "), ':', '_')" -%}
    case
        when {{ name }} in ('shop', 'loyalty', 'salesforce', 'dynamics', 'dealership', 'retail_api') then 'external_' || {{ name }}
        else {{ name }}
    end
{%- endmacro %}
