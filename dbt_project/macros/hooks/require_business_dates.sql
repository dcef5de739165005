{% macro require_business_dates(dates) -%}
    {%- if execute and var('as_of_date') is none -%}
        {%- set found = run_query("select count(business_date) from " ~ dates) -%}
        {%- if found.columns[0].values()[0] == 0 -%}
            {{ exceptions.raise_compiler_error(
                "There is no day to take for today: nothing that was loaded into " ~ target.dbname ~ " on " ~ target.host
                ~ " has a business date, no order, visit, event or the like. Load files first (`customer360 load`, or"
                ~ " the DAG ingest_landing_files); `customer360 status` shows what was loaded of each feed. Then build again."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
