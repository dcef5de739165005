{% macro vehicle_id(vin) -%}
    'V' || substr({{ pseudonym(vin) }}, 1, 16)
{%- endmacro %}
