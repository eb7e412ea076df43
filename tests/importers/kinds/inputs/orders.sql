CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE crm.orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name varchar(30) NOT NULL,
  state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done')),
  price numeric(8, 2) CHECK (price BETWEEN 0 AND 500),
  mood mood,
  code varchar(20),
  due date,
  seen timestamptz,
  shape geometry,
  CONSTRAINT code_size CHECK (length(code) <= 12 AND length(code) > 1),
  CHECK (price < 400 OR name = 'x')
);
