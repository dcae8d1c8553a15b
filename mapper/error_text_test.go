package mapper_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
)

// TestErrorsNameTheRecordOnce: the mapper doesn't add the key to an error of the client that has
// it.
func TestErrorsNameTheRecordOnce(t *testing.T) {
	db, err := sql.Open("aerospike", "aerospike+mem://errortext/test")
	require.NoError(t, err)
	defer db.Close()
	type wide struct {
		ID string `as:"id,pk"`
		B  string `as:"b"`
	}
	wides, err := mapper.New[wide](db)
	require.NoError(t, err)
	err = wides.Save(context.Background(), &wide{"ada", strings.Repeat("x", 2<<20)})
	require.Error(t, err)
	require.Equal(t, 1, strings.Count(err.Error(), "ada"), err.Error())
	require.True(t, strings.HasPrefix(err.Error(), "mapper: aerospike: Put test:wide:ada: RECORD_TOO_BIG (13)"), err.Error())
}
