-- Grain: one row per customer record of any source system.
-- A new system is one more branch of the union: what all staging models call alike is listed once.
{% set common_columns %}
    source_customer_id,
    first_name,
    last_name,
    email,
    email_raw,
    phone,
    phone_raw,
    city,
    country,
    country_code,
    created_at,
    _first_batch_id,
    _first_line,
    _batch_id,
    _line,
    _loaded_at
{% endset %}

{% set no_date = 'cast(null as date)' %}
{% set no_text %}cast(null as {{ dbt.type_string() }}){% endset %}

with shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

loyalty_accounts as (
    select
        *,
        {{ no_text }} as city
    from {{ ref('stg_loyalty__loyalty_accounts') }}
),

salesforce_contacts as (
    select * from {{ ref('stg_salesforce__contacts') }}
),

dynamics_contacts as (
    select * from {{ ref('stg_dynamics__contacts') }}
),

dealership_customers as (
    select * from {{ ref('stg_dealership__customers') }}
),

retail_api_customers as (
    select * from {{ ref('stg_retail_api__customers') }}
),

external_customers as (
    select * from {{ ref('stg_external__customers') }}
),

unioned as (
    select
        'shop' as source_name,
        {{ no_date }} as birth_date,
        {{ no_text }} as birth_date_raw,
        address as street,
        {{ no_text }} as state,
        {{ no_text }} as postcode,
        created_at as updated_at,
        {{ common_columns }}
    from shop_customers
    union all
    select
        'retail_api' as source_name,
        {{ no_date }} as birth_date,
        {{ no_text }} as birth_date_raw,
        {{ no_text }} as street,
        {{ no_text }} as state,
        {{ no_text }} as postcode,
        created_at as updated_at,
        {{ common_columns }}
    from retail_api_customers
    union all
    select
        'loyalty' as source_name,
        {{ no_date }} as birth_date,
        {{ no_text }} as birth_date_raw,
        {{ no_text }} as street,
        {{ no_text }} as state,
        {{ no_text }} as postcode,
        created_at as updated_at,
        {{ common_columns }}
    from loyalty_accounts
    union all
    select
        'salesforce' as source_name,
        {{ no_date }} as birth_date,
        {{ no_text }} as birth_date_raw,
        street,
        state,
        postcode,
        updated_at,
        {{ common_columns }}
    from salesforce_contacts
    union all
    select
        'dynamics' as source_name,
        birth_date,
        birth_date_raw,
        street,
        {{ no_text }} as state,
        postcode,
        updated_at,
        {{ common_columns }}
    from dynamics_contacts
    union all
    select
        'dealership' as source_name,
        {{ no_date }} as birth_date,
        {{ no_text }} as birth_date_raw,
        street,
        {{ no_text }} as state,
        {{ no_text }} as postcode,
        updated_at,
        {{ common_columns }}
    from dealership_customers
    union all
    select
        source_name,
        birth_date,
        birth_date_raw,
        street,
        state,
        postcode,
        created_at as updated_at,
        {{ common_columns }}
    from external_customers
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
