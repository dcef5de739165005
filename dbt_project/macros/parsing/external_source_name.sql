{% macro external_source_name(value) -%}
    {#- A ready feed must not take the name of a system with models of its own, nor break `source:id` keys. -#}
    {%- set name = "replace(lower(" ~ clean_text(value) ~ "), ':', '_')" -%}
    {%- set own_systems = [
        'shop', 'stores', 'loyalty', 'support', 'marketing', 'salesforce', 'dynamics', 'dealership',
        'digital', 'retail_api', 'consent',
    ] -%}
    case
        when {{ name }} in ({{ text_list(own_systems) }}) then 'external_' || {{ name }}
        else {{ name }}
    end
{%- endmacro %}
