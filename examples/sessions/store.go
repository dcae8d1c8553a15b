// Package sessions stores the sessions of a web framework. The methods of Store are those that
// session managers such as github.com/alexedwards/scs ask of a store.
package sessions

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/aerosql/aerosql/mapper"
)

// A record is a session. The servers remove it when it expires.
type record struct {
	Token string    `as:"token,pk"`
	Data  []byte    `as:"data"`
	Until time.Time `asm:"ttl"`
}

// A Store has the sessions of one program.
type Store struct{ table *mapper.Table[string, record] }

// New returns the store in a set of the database's namespace.
func New(db *sql.DB, set string) (*Store, error) {
	table, err := mapper.NewTable[string, record](db, mapper.WithSet(set))
	if err != nil {
		return nil, err
	}
	return &Store{table}, nil
}

// FindCtx returns the data of a session. found is false if there is no session or it has expired.
func (s *Store) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	r, err := s.table.Find(ctx, token)
	if errors.Is(err, mapper.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return r.Data, true, nil
}

// CommitCtx stores the data of a session until a time, which is rounded up to whole seconds.
func (s *Store) CommitCtx(ctx context.Context, token string, data []byte, until time.Time) error {
	if data == nil {
		data = []byte{} // nil is no bin, and there are no records without bins
	}
	return s.table.Replace(ctx, &record{Token: token, Data: data, Until: until})
}

// DeleteCtx ends a session. There need not be one.
func (s *Store) DeleteCtx(ctx context.Context, token string) error {
	_, err := s.table.Delete(ctx, token)
	return err
}

// Find is FindCtx without a context.
func (s *Store) Find(token string) (data []byte, found bool, err error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *Store) Commit(token string, data []byte, until time.Time) error {
	return s.CommitCtx(context.Background(), token, data, until)
}

// Delete is DeleteCtx without a context.
func (s *Store) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
