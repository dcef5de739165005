{% macro frequency_log2(records, all_records, mean_share, least_bits, most_bits) -%}
    {%- set share = 'cast(' ~ records ~ ' as ' ~ dbt.type_float() ~ ') / ' ~ all_records -%}
    case
        when {{ records }} is null then 0
        else least(
            greatest(ln({{ share }} / {{ mean_share }}) / ln(2.0), {{ least_bits }}), {{ most_bits }}
        )
    end
{%- endmacro %}
