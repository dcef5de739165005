{% macro excess_log2(records, all_records, mean_share, most_bits) -%}
    {#- A day that some ten records of one person have is not a common one: of the records beside the pair only those
        count that chance does not explain, two standard errors of a Poisson count below what is seen. -#}
    {%- set others = 'cast(' ~ records ~ ' - 2 as ' ~ dbt.type_float() ~ ')' -%}
    case
        when {{ records }} - 2 > 4 then least(
            greatest(
                ln(({{ others }} - 2 * sqrt({{ others }})) / {{ all_records }} / {{ mean_share }}) / ln(2.0), 0
            ),
            {{ most_bits }}
        )
        else 0
    end
{%- endmacro %}
