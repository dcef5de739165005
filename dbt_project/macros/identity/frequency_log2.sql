{% macro frequency_log2(records, all_records, mean_share, least_bits, most_bits) -%}
    {#- Among strangers the one record says nothing of the other: what counts is who else has its value. -#}
    {%- set share = 'cast(greatest(' ~ records ~ ' - 1, 1) as ' ~ dbt.type_float() ~ ') / ' ~ all_records -%}
    case
        when {{ records }} is null then 0
        else least(
            greatest(ln({{ share }} / {{ mean_share }}) / ln(2.0), {{ least_bits }}), {{ most_bits }}
        )
    end
{%- endmacro %}
