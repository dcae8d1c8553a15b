package mapper_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	_ "github.com/aerosql/aerosql/cluster/devserver/mem"
	_ "github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
)

func TestDatabase(t *testing.T) {
	ctx := context.Background()
	db, err := sql.Open("aerospike", "aerospike+mem://mapper/test")
	require.NoError(t, err)
	defer db.Close()
	accounts, err := mapper.New[account](db)
	require.NoError(t, err)
	require.NoError(t, accounts.Save(ctx, sample("k")))
	x, err := accounts.Find(ctx, "k")
	require.NoError(t, err)
	require.Equal(t, "Ada", x.Owner.Name)

	var balance int64
	require.NoError(t, db.QueryRowContext(ctx, "SELECT balance FROM account WHERE PK = 'k'").Scan(&balance))
	require.EqualValues(t, -5, balance)
}

// foreign is a driver without a native client.
type foreign struct{}

func (foreign) Connect(context.Context) (driver.Conn, error) { return foreign{}, nil }
func (foreign) Driver() driver.Driver                        { return nil }
func (foreign) Prepare(string) (driver.Stmt, error)          { return nil, errors.ErrUnsupported }
func (foreign) Begin() (driver.Tx, error)                    { return nil, errors.ErrUnsupported }
func (foreign) Close() error                                 { return nil }

func TestOtherDriver(t *testing.T) {
	db := sql.OpenDB(foreign{})
	defer db.Close()
	accounts, err := mapper.New[account](db)
	require.NoError(t, err, "New does no I/O")
	require.ErrorContains(t, accounts.Save(context.Background(), sample("k")), "foreign")
}
