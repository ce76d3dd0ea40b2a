-- columns: name_key=never, remark_key=maybe
-- nullparams: remark
--@ scope system: "types only"

--! virtual_in_returning
INSERT INTO labels (id, name, remark, late) VALUES (1, 'a', :remark, 'b') RETURNING name_key, remark_key
;
