{% macro vehicle_id(vin) -%}
    'V' || substr(md5({{ vin }}), 1, 16)
{%- endmacro %}
