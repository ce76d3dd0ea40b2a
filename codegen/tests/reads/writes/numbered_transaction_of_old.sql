--@ scope system: "what it does only"

--! numbered_transaction_of_old
select txid_current() as x;
