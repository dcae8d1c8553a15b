package exec

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// A token is the position of a cursor. Its text is base64url of:
//
//	1 byte    version
//	16 bytes  identity of the query and its arguments
//	4 bytes   checksum of all other bytes
//	1 byte    length of the name of the index, and the name
//	...       the saved cluster.Cursor
//
// A token holds neither the query nor the arguments: the statement that uses it repeats them. A
// forged token can skip or repeat records of that query, and choose the index; it gives no access
// to other records.
type token struct {
	identity [identitySize]byte
	index    string
	from     *cluster.Cursor
}

const (
	tokenVersion  = 1
	identitySize  = 16
	checksumSize  = 4
	tokenHead     = 1 + identitySize + checksumSize + 1
	maxTokenBytes = 16 << 20
)

// identityOf returns a digest of the query of a DECLARE and its arguments.
func identityOf(p *plan.Command, args []protocol.Value) (id [identitySize]byte) {
	h := sha256.New()
	fmt.Fprintf(h, "%d:%s%t%d:%s", len(p.Namespace), p.Namespace, p.AQL, len(p.QueryText), p.QueryText)
	for _, i := range p.QueryArgs {
		text := args[i].String()
		fmt.Fprintf(h, "%d %d:%s", args[i].Kind(), len(text), text)
	}
	copy(id[:], h.Sum(nil))
	return id
}

// checksumOf returns the checksum of the bytes of a token.
func checksumOf(data []byte) (sum [checksumSize]byte) {
	h := sha256.New()
	h.Write(data[:1+identitySize])
	h.Write(data[1+identitySize+checksumSize:])
	copy(sum[:], h.Sum(nil))
	return sum
}

// token returns the token of a cursor.
func (c *sessionCursor) token() (string, error) {
	place, err := c.queries.from.MarshalBinary()
	if err != nil {
		return "", err
	}
	data := make([]byte, 0, tokenHead+len(c.index)+len(place))
	data = append(data, tokenVersion)
	data = append(data, c.identity[:]...)
	data = append(data, make([]byte, checksumSize)...)
	data = append(data, byte(len(c.index)))
	data = append(data, c.index...)
	data = append(data, place...)
	sum := checksumOf(data)
	copy(data[1+identitySize:], sum[:])
	return base64.RawURLEncoding.EncodeToString(data), nil
}

// parseToken parses a token, which is not trusted.
func parseToken(v protocol.Value) (*token, error) {
	invalid := func(cause error) error {
		err := ast.Errorf(ast.ErrArguments, "the token is not valid")
		err.Cause = cause
		return err
	}
	text, ok := v.Text()
	if !ok {
		return nil, ast.Errorf(ast.ErrArguments, "a token is a string, not %v", v.Kind())
	}
	if len(text) > maxTokenBytes {
		return nil, invalid(nil)
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(data) < tokenHead || data[0] != tokenVersion {
		return nil, invalid(err)
	}
	t := &token{from: &cluster.Cursor{}}
	copy(t.identity[:], data[1:])
	if sum := checksumOf(data); string(sum[:]) != string(data[1+identitySize:][:checksumSize]) {
		return nil, invalid(nil)
	}
	n := int(data[tokenHead-1])
	if len(data) < tokenHead+n {
		return nil, invalid(nil)
	}
	t.index = string(data[tokenHead : tokenHead+n])
	if err := t.from.UnmarshalBinary(data[tokenHead+n:]); err != nil {
		return nil, invalid(err)
	}
	return t, nil
}

// showCursor runs SHOW CURSOR.
func (s *Session) showCursor(p *plan.Command, name ast.Name) (*Result, error) {
	c, err := s.find(p, name)
	switch {
	case err != nil:
		return nil, err
	case c.queries == nil && c.why == "":
		return nil, ast.ErrorAt(p.Text, name.Pos, ast.ErrUnsupported, "the cursor %s has no token", name)
	case c.queries == nil:
		return nil, ast.ErrorAt(p.Text, name.Pos, ast.ErrUnsupported, "the query of the cursor %s has no token: %s", name, c.why)
	case c.fetch != nil:
		return nil, ast.ErrorAt(p.Text, name.Pos, ast.ErrUnsupported, "the rows of the last FETCH from %s are still being read; close them first", name)
	case c.pending != nil:
		return nil, ast.ErrorAt(p.Text, name.Pos, ast.ErrUnsupported, "a row of the cursor %s was read ahead; FETCH it first", name)
	case c.err != nil:
		return nil, c.err
	}
	text, err := c.token()
	if err != nil {
		return nil, err
	}
	columns := textColumns("name", "fetched", "done", "token")
	columns[1].Kinds, columns[2].Kinds = 1<<protocol.KindInt, function.Bool
	done := c.ended || c.queries.from.Done()
	return result(columns, [][]protocol.Value{{protocol.String(c.name), protocol.Int(c.rows), protocol.Bool(done), protocol.String(text)}}), nil
}

// using returns an engine whose queries use an index, or read the whole set if it is "".
func (e *Engine) using(index string) *Engine {
	changed := *e
	changed.environment = &oneIndex{Environment: e.environment, name: index}
	return &changed
}

// oneIndex is an environment in which sets have at most one index.
type oneIndex struct {
	plan.Environment
	name string
}

// Indexes returns the index.
func (o *oneIndex) Indexes(namespace, set string) ([]plan.Index, int64) {
	all, records := o.Environment.Indexes(namespace, set)
	for _, index := range all {
		if index.Name == o.name {
			return []plan.Index{index}, records
		}
	}
	return nil, records
}

// pause ends the query of a cursor with a position. The next call of next begins another one, which
// continues after the last record.
func (c *queryCursor) pause() {
	if c.stop != nil {
		c.stop()
		c.pull, c.stop = nil, nil
	}
}
