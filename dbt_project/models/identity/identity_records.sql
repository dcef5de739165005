-- Grain: one row per customer record of any source system.
-- A new system is one more line: its staging model, its name, and which of the columns that not all
-- have it has, by its own name for them.
{% set no_date = 'cast(null as date)' %}
{% set no_text %}cast(null as {{ dbt.type_string() }}){% endset %}
{% set not_everywhere = {
    'birth_date': no_date,
    'birth_date_raw': no_text,
    'street': no_text,
    'city': no_text,
    'state': no_text,
    'postcode': no_text,
    'updated_at': 'created_at',
} %}
{# A ready feed serves several systems and says which. #}
{% set named_by_row = {'external': 'source_name'} %}
{% set systems = [
    ['stg_shop__customers', 'shop', {'street': 'address', 'city': 'city'}],
    ['stg_retail_api__customers', 'retail_api', {}],
    ['stg_loyalty__loyalty_accounts', 'loyalty', {}],
    ['stg_salesforce__contacts', 'salesforce', {
        'street': 'street', 'city': 'city', 'state': 'state', 'postcode': 'postcode',
        'updated_at': 'updated_at',
    }],
    ['stg_dynamics__contacts', 'dynamics', {
        'birth_date': 'birth_date', 'birth_date_raw': 'birth_date_raw', 'street': 'street',
        'city': 'city', 'postcode': 'postcode', 'updated_at': 'updated_at',
    }],
    ['stg_dealership__customers', 'dealership', {
        'street': 'street', 'city': 'city', 'updated_at': 'updated_at',
    }],
    ['stg_external__customers', 'external', {
        'birth_date': 'birth_date', 'birth_date_raw': 'birth_date_raw', 'street': 'street',
        'city': 'city', 'state': 'state', 'postcode': 'postcode',
    }],
] %}

with unioned as (
    {% for model, system, columns in systems %}
        select
            {{ named_by_row.get(system, text_literal(system)) }} as source_name,
            source_customer_id,
            first_name,
            last_name,
            email,
            email_raw,
            phone,
            phone_raw,
            country,
            country_code,
            created_at,
            {% for column, otherwise in not_everywhere.items() %}
                {{ columns.get(column, otherwise) }} as {{ column }},
            {% endfor %}
            _first_batch_id,
            _first_line,
            _batch_id,
            _line,
            _loaded_at
        from {{ ref(model) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        source_name || ':' || source_customer_id as source_customer_key,
        source_name,
        source_customer_id,
        first_name,
        last_name,
        {{ comparable_text("first_name || last_name") }} as comparable_name,
        email,
        email_raw,
        phone,
        phone_raw,
        birth_date,
        birth_date_raw,
        street,
        city,
        state,
        postcode,
        country,
        country_code,
        created_at,
        coalesce(updated_at, created_at) as updated_at,
        _first_batch_id,
        _first_line,
        _batch_id,
        _line,
        _loaded_at
    from unioned
)

select * from final
