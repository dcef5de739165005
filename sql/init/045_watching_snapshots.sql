-- A publication that waits for others' transactions names them: who may hand this right on does. Without it the wait
-- is the same, and the message says no more than the process and its application.
do $$ begin
    if pg_has_role(current_user, 'pg_read_all_stats', 'usage with admin option') then
        grant pg_read_all_stats to c360_operator;
    end if;
exception when internal_error or unique_violation then null; -- another database's set-up was faster
end $$;
