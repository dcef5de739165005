{% macro relatives_ratio(bits, strangers, relatives) -%}
    {#- Some relatives share a value whatever it is (father and son, twins), the others by chance as strangers do. Only
        chance grows with how common the value is. With a the share of the first, the mean is r = a + (1 - a) s, and that
        of a value 2^bits as common a + (1 - a) s 2^bits; 1 - a is (1 - r) / (1 - s). -#}
    (
        1 + (1 - {{ relatives }}) / (1 - {{ strangers }}) * {{ strangers }}
        * (power(2.0, {{ bits }}) - 1) / {{ relatives }}
    )
{%- endmacro %}
