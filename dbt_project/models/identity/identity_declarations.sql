-- Grain: one row per record that another record names as its customer, or that names one itself.
-- The named record holds its own key too, so that links are found as for any other shared value. A
-- name that no record bears declares nothing: two records with the same wrong one are not linked.
with loyalty_accounts as (
    select * from {{ ref('stg_loyalty__loyalty_accounts') }}
),

records as (
    select * from {{ ref('identity_records') }}
),

declared as (
    select
        'same_loyalty_account' as match_rule,
        'shop:' || shop_customer_id as declared_key,
        'loyalty:' || source_customer_id as source_customer_key
    from loyalty_accounts
    where shop_customer_id is not null
),

holders as (
    select
        declared.match_rule,
        declared.declared_key,
        declared.source_customer_key
    from declared
    inner join records
        on declared.declared_key = records.source_customer_key
    union  -- distinct: a record may be named by several
    select
        declared.match_rule,
        declared.declared_key,
        declared.declared_key as source_customer_key
    from declared
    inner join records
        on declared.declared_key = records.source_customer_key
),

final as (
    select
        holders.match_rule,
        holders.declared_key as shared_value,
        holders.source_customer_key,
        records._first_batch_id,
        records._first_line
    from holders
    inner join records
        on holders.source_customer_key = records.source_customer_key
)

select * from final
