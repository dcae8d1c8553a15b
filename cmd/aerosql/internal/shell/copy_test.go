package shell

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCopy runs scripts with COPY, whose rows follow the statement, and checks what is printed.
func TestCopy(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct{ name, script, want string }{
		{"text", "COPY users FROM STDIN;\n1\tAda\t36\n2\t\\N\t\\N\n3\ta\\tb\\\\c\\nd\t7\n\\.\nSELECT * FROM users ORDER BY id;\nCOPY (SELECT * FROM users ORDER BY id) TO STDOUT;",
			"id,name,age\n1,Ada,36\n2,,\n3,\"a\tb\\c\nd\",7\n1\tAda\t36\n2\t\\N\t\\N\n3\ta\\tb\\\\c\\nd\t7\n"},
		{"columns", "COPY users (age, id) FROM STDIN WITH (FORMAT CSV);\n5,1\n,2\n\\.\nCOPY (SELECT id, age FROM users ORDER BY id) TO STDOUT (FORMAT CSV, HEADER);", "id,age\n1,5\n2,\n"},
		{"header", "COPY users FROM STDIN CSV HEADER;\nname,id\n\"a, \"\"b\"\"\n c\",1\n\"\",2\n,3\n\\.\nCOPY (SELECT id, name FROM users ORDER BY id) TO STDOUT CSV;", "1,\"a, \"\"b\"\"\n c\"\n2,\"\"\n3,\n"},
		{"line breaks of Windows", "COPY users FROM STDIN WITH (FORMAT CSV, HEADER);\r\nid,name,age\r\n1,\"a\r\nb\",2\r\n2,\"x\",3\r\n\\.\r\nCOPY (SELECT * FROM users ORDER BY id) TO STDOUT (FORMAT JSONL);\r\n",
			"{\"id\":1,\"name\":\"a\\r\\nb\",\"age\":2}\n{\"id\":2,\"name\":\"x\",\"age\":3}\n"},
		{"delimiter and NULL", "COPY users FROM STDIN WITH (DELIMITER '|', NULL '-');\n1|a\\|b|-\n\\.\nCOPY users TO STDOUT WITH (FORMAT CSV, DELIMITER ';', NULL 'nil');", "1;a|b;nil\n"},
		{"defaults", "CREATE TABLE d (id INT PRIMARY KEY, a TEXT DEFAULT 'x'); COPY d (id) FROM STDIN;\n1\n\\.\nCOPY d TO STDOUT;", "1\tx\n"},
		{"types", "CREATE TABLE d (id TEXT PRIMARY KEY, i INT, f FLOAT, b BOOLEAN, s TEXT, d DECIMAL(6, 2), t TIMESTAMP, y DATE, x BLOB, j JSON);" +
			"INSERT INTO d VALUES ('1', -5, 2, TRUE, 'true', 12.5, TIMESTAMP '2026-01-02 03:04:05.5', DATE '2026-02-03', X'00FF', JSON '[1,2]');" +
			"COPY d TO 'FILE' WITH (FORMAT CSV, HEADER); DELETE FROM d; COPY d FROM 'FILE' WITH (FORMAT CSV, HEADER);" +
			"SELECT id, i, f, b, s, d, t, y, x, j FROM d;",
			"id,i,f,b,s,d,t,y,x,j\n1,-5,2,TRUE,true,12.50,2026-01-02 03:04:05.5,2026-02-03,X'00FF',\"[1,2]\"\n"},
		{"undeclared text", "COPY loose (PK, a, b, c) FROM STDIN;\nk\t5\ttrue\t[1, {\"x\": 2}]\n7\t05\t1.5\t\\N\n\\.\nSELECT PK, a, b, c, c[1].x FROM loose ORDER BY PK;",
			"PK,a,b,c,c[1].x\n7,05,1.5,,\nk,5,TRUE,\"[1,{\"\"x\"\":2}]\",2\n"},
		{"undeclared JSON keeps every value", "INSERT INTO loose (PK, a, b) VALUES (1, '5', X'00'), ('1', 5, MAP{1: 2}), (2, ARRAY[1.0], NULL);" +
			"COPY loose TO 'FILE' WITH (FORMAT JSONL); TRUNCATE loose; COPY loose FROM 'FILE' WITH (FORMAT JSONL); COPY (SELECT PK, a, b FROM loose ORDER BY a) TO STDOUT (FORMAT JSONL);",
			"{\"PK\":\"1\",\"a\":5,\"b\":{\"$map\":[[1,2]]}}\n{\"PK\":1,\"a\":\"5\",\"b\":{\"$bytes\":\"AA==\"}}\n{\"PK\":2,\"a\":[1.0],\"b\":null}\n"},
		{"JSON with other keys", "COPY loose FROM STDIN WITH (FORMAT JSONL);\n{\"PK\":1,\"a\":1}\n{\"PK\":2,\"b\":2}\n\n{\"PK\":3,\"b\":3,\"a\":1}\n{\"PK\":4,\"a\":1,\"b\":5}\n\\.\nSELECT PK, a, b FROM loose ORDER BY PK;",
			"PK,a,b\n1,1,\n2,,2\n3,1,3\n4,1,5\n"},
		{"query", "COPY (SELECT 1 AS a, ')' AS b) TO STDOUT;", "1\t)\n"},
		{"no rows", "COPY users FROM STDIN;\n\\.\nCOPY users TO STDOUT CSV HEADER;", "id,name,age\n"},
		{"quoted names", "COPY test.\"odd name\" (\"id\") FROM STDIN;\n1\n\\.\nCOPY `odd name` TO STDOUT;", "1\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, _, out := newTestShell(t)
			script := strings.ReplaceAll(test.script, "FILE", filepath.Join(dir, "rows"))
			require.NoError(t, s.script(t.Context(), strings.NewReader(script), ""))
			require.Equal(t, test.want, out.String())
			require.False(t, s.failed)
		})
	}
}

// TestCopyErrors checks that mistakes are named, that the rows after one are not statements, and
// that the number of rows before it is given.
func TestCopyErrors(t *testing.T) {
	for _, test := range []struct{ script, want string }{
		{"COPY users FROM STDIN;\n1\ta\n\\.", "COPY: line 2: the row has 2 fields for 3 columns (0 rows copied)"},
		{"COPY users FROM STDIN;\nx\ta\t1\n\\.", "COPY: "},
		{"COPY users FROM STDIN CSV;\n1,\"a,5\n\\.", "a quote is not closed"},
		{"COPY users FROM STDIN CSV;\n1,\"a\"b,5\n\\.", "follows a field in quotes"},
		{"COPY users FROM STDIN;\n1\ta\\\t5\\\n\\.", "a backslash ends the line"},
		{"COPY users (id, age) FROM STDIN CSV HEADER;\nid,name\n1,2\n\\.", "the header has the columns id, name and not id, age"},
		{"COPY users FROM STDIN (FORMAT JSONL);\n{\"id\":1,\"nope\":2}\n\\.", "nope"},
		{"COPY users (id) FROM STDIN (FORMAT JSONL);\n{\"id\":1,\"age\":2}\n\\.", `the key "age" is not one of the columns`},
		{"COPY loose FROM STDIN;\n1\t2\n\\.", "the set is not declared: name the columns"},
		{"COPY users FROM 'nowhere.csv' CSV;", "nowhere.csv"},
		{"COPY (SELECT 1) FROM STDIN;", "a query can't be loaded"},
		{"COPY users TO PROGRAM 'x';", "PROGRAM is not supported"},
		{"COPY users TO STDOUT (FORMAT BINARY);", "FORMAT BINARY is not supported"},
		{"COPY users TO STDOUT (FREEZE);", "the option FREEZE is not supported"},
		{"COPY users TO STDOUT (DELIMITER '||');", "DELIMITER must be one character"},
		{"COPY users TO STDOUT (FORMAT JSONL, HEADER);", "FORMAT JSONL has no HEADER"},
		{"COPY users;", "expected FROM or TO"},
		{"COPY users TO nowhere;", "expected STDOUT or the name of a file in single quotes"},
		{"COPY (SELECT (1) TO STDOUT;", "the parenthesis of the query is not closed"},
	} {
		s, _, out := newTestShell(t)
		s.goOn = true
		require.NoError(t, s.script(t.Context(), strings.NewReader(test.script+"\nSELECT 5 AS a;"), ""))
		require.Contains(t, out.String(), test.want, test.script)
		require.True(t, s.failed, test.script)
		require.True(t, strings.HasSuffix(out.String(), "a\n5\n"), out.String())
	}
	s, _, out := newTestShell(t)
	require.NoError(t, s.script(t.Context(), strings.NewReader("COPY users FROM STDIN;\n1\ta\t1\n1\tb\t1\n\\.\nSELECT 1;"), ""))
	require.Contains(t, out.String(), "KEY_EXISTS")
	require.NotContains(t, out.String(), "a\n1\n")
}

// TestCopyOfInput reads the rows of a statement that is an argument from the input of the program.
func TestCopyOfInput(t *testing.T) {
	s, _, out := newTestShell(t)
	s.env.In = strings.NewReader("1,a,2\n\\.\n2,b,3\n")
	for range 2 {
		require.NoError(t, s.text(t.Context(), "COPY users FROM STDIN CSV"))
	}
	require.NoError(t, s.text(t.Context(), "COPY (SELECT * FROM users ORDER BY id) TO STDOUT"))
	require.Equal(t, "1\ta\t2\n2\tb\t3\n", out.String())
	path := filepath.Join(t.TempDir(), "out")
	require.NoError(t, s.text(t.Context(), "COPY (SELECT * FROM users ORDER BY id) TO '"+path+"'"))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "1\ta\t2\n2\tb\t3\n", string(text))
}
