{% macro count_issues(feed, relation, conditions) -%}
    {%- if not conditions -%}
        {{ exceptions.raise_compiler_error("count_issues for " ~ feed ~ " needs at least one issue with its condition.") }}
    {%- endif -%}
    (
        select
            '{{ feed }}' as feed,
            counted._batch_id as batch_id,
            issues.issue,
            counted.examined_rows,
            case issues.issue
            {%- for issue in conditions %}
                when '{{ issue }}' then counted.{{ issue }}
            {%- endfor %}
            end as defect_rows
        from (
            select
                _batch_id,
                count(*) as examined_rows
            {%- for issue, condition in conditions.items() %},
                count(*) filter (where {{ condition }}) as {{ issue }}
            {%- endfor %}
            from {{ relation }}
            group by _batch_id
        ) as counted
        cross join (
            {%- for issue in conditions %}
            select '{{ issue }}' as issue{{ ' union all' if not loop.last }}
            {%- endfor %}
        ) as issues
    )
{%- endmacro %}
