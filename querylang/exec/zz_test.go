package exec

import "testing"

func TestZZ(t *testing.T) {
	s := openSession(t, Options{})
	s.fill(20, 20)
	s.exec("INSERT INTO u (PK, x) VALUES (10, 'ten'), (11, 'eleven')")
	t.Log(s.rows("SELECT a, (SELECT x FROM u WHERE u.PK = t.a) FROM t WHERE a IN (10, 11)"))
	t.Log(s.rows("SELECT a, (SELECT x FROM u WHERE PK = 10) FROM t WHERE a IN (10, 11)"))
	t.Log(s.rows("SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.PK = t.a)"))
	t.Log(s.exec("UPDATE t SET name = (SELECT x FROM u WHERE u.PK = t.a) WHERE a IN (10, 11)"))
	t.Log(s.exec("UPDATE t SET name2 = (SELECT x FROM u WHERE PK = 10) WHERE a IN (10, 11)"))
	t.Log(s.rows("SELECT * FROM t WHERE a IN (10, 11)"))
	for _, r := range s.rows("EXPLAIN UPDATE t SET name = (SELECT x FROM u WHERE u.PK = t.a) WHERE a IN (10, 11)") {
		t.Log(r)
	}
}
