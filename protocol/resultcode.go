package protocol

import "strconv"

// ResultCode is the result of a command as the server returned it: OK or one of the constants
// below, such as KeyNotFound, GenerationError or ServerTimeout. A newer server can return others. A
// ResultCode is an error, so that errors.Is(err, protocol.KeyNotFound) reports whether a command
// failed with it.
type ResultCode int16

// ClientError is the code of an [Error] if no server returned a result code. The cause is in
// [Error.Err].
const ClientError ResultCode = -1

// The result codes of servers up to 8.1.
const (
	OK                         ResultCode = 0   // success
	ServerError                ResultCode = 1   // generic failure on the server, e.g. a stored list or map that is not valid
	KeyNotFound                ResultCode = 2   // the record does not exist
	GenerationError            ResultCode = 3   // the record's generation is not the expected one
	ParameterError             ResultCode = 4   // the request is malformed or contradicts itself
	KeyExists                  ResultCode = 5   // the record already exists
	BinExists                  ResultCode = 6   // the bin already exists
	ClusterKeyMismatch         ResultCode = 7   // the cluster changed during the command
	OutOfSpace                 ResultCode = 8   // the namespace refuses writes: out of memory or storage
	ServerTimeout              ResultCode = 9   // the server ran out of time for the command
	AlwaysForbidden            ResultCode = 10  // the operation is forbidden
	PartitionUnavailable       ResultCode = 11  // the node does not serve this partition now
	BinTypeError               ResultCode = 12  // the operation does not fit the type of the bin
	RecordTooBig               ResultCode = 13  // the record would exceed the namespace's max-record-size
	KeyBusy                    ResultCode = 14  // too many commands are waiting for this record
	QueryAborted               ResultCode = 15  // the query was aborted by an operator, or the client read too slowly
	UnsupportedFeature         ResultCode = 16  // the server does not support this
	BinNotFound                ResultCode = 17  // the bin does not exist
	DeviceOverload             ResultCode = 18  // the storage cannot keep up with the writes
	KeyMismatch                ResultCode = 19  // the stored user key differs from the one sent
	InvalidNamespace           ResultCode = 20  // the server has no such namespace
	BinNameTooLong             ResultCode = 21  // a bin name is longer than 15 bytes or has a NUL in it
	Forbidden                  ResultCode = 22  // the server's configuration or state forbids this now
	ElementNotFound            ResultCode = 23  // the element of the list or map does not exist
	ElementExists              ResultCode = 24  // the element of the list or map already exists
	EnterpriseOnly             ResultCode = 25  // this needs the Enterprise Edition
	OpNotApplicable            ResultCode = 26  // the operation does not apply to the current value of the bin
	FilteredOut                ResultCode = 27  // the filter expression is not true for the record
	LostConflict               ResultCode = 28  // the write lost a conflict between data centers
	InvalidEncoding            ResultCode = 29  // the text is not valid in its encoding
	XDRKeyBusy                 ResultCode = 32  // the record is being shipped to another data center
	SecurityQueryEnd           ResultCode = 50  // end of an answer about users or roles
	SecurityNotSupported       ResultCode = 51  // the server's edition has no security
	SecurityNotEnabled         ResultCode = 52  // security is not configured on the server
	SecurityScheme             ResultCode = 53  // the security scheme is not supported
	SecurityCommand            ResultCode = 54  // the administration command is unknown
	SecurityField              ResultCode = 55  // a field of the administration command is missing or not valid
	SecurityState              ResultCode = 56  // the administration command is not possible in this state
	InvalidUser                ResultCode = 60  // the user does not exist or its name is not valid
	UserExists                 ResultCode = 61  // the user already exists
	InvalidPassword            ResultCode = 62  // the password is not valid
	ExpiredPassword            ResultCode = 63  // the password has expired
	ForbiddenPassword          ResultCode = 64  // the password is forbidden, e.g. used before
	InvalidCredential          ResultCode = 65  // the credential is not valid
	ExpiredSession             ResultCode = 66  // the session has expired
	InvalidRole                ResultCode = 70  // the role does not exist or its name is not valid
	RoleExists                 ResultCode = 71  // the role already exists
	InvalidPrivilege           ResultCode = 72  // the privilege is not valid
	InvalidAllowlist           ResultCode = 73  // the list of addresses is not valid
	QuotasNotEnabled           ResultCode = 74  // quotas are not enabled on the server
	InvalidQuota               ResultCode = 75  // the quota is not valid
	NotAuthenticated           ResultCode = 80  // the connection is not logged in
	RoleViolation              ResultCode = 81  // the user lacks the privilege for this
	NotAllowlisted             ResultCode = 82  // the client's address is not on the role's list
	QuotaExceeded              ResultCode = 83  // the user's quota is exceeded
	LDAPNotConfigured          ResultCode = 90  // LDAP is not configured on the server
	LDAPSetup                  ResultCode = 91  // the server could not set up LDAP
	LDAPTLSSetup               ResultCode = 92  // the server could not set up TLS to LDAP
	LDAPAuthentication         ResultCode = 93  // LDAP refused the user
	LDAPQuery                  ResultCode = 94  // the server's query to LDAP failed
	UDFError                   ResultCode = 100 // the user-defined function failed
	TransactionBlocked         ResultCode = 120 // the record is locked by another transaction
	TransactionVersionMismatch ResultCode = 121 // a record read by the transaction has changed
	TransactionExpired         ResultCode = 122 // the transaction's deadline has passed
	TransactionTooManyWrites   ResultCode = 123 // a transaction writes at most 4096 records
	TransactionCommitted       ResultCode = 124 // the transaction is already committed
	TransactionAborted         ResultCode = 125 // the transaction is already aborted
	TransactionAlreadyLocked   ResultCode = 126 // the transaction already holds the lock on the record
	TransactionMonitorExists   ResultCode = 127 // the transaction has already started
	BatchDisabled              ResultCode = 150 // batches are disabled on the server
	BatchMaxRequests           ResultCode = 151 // the batch has more rows than the server allows
	BatchQueuesFull            ResultCode = 152 // the server's batch queues are full
	InvalidGeoJSON             ResultCode = 160 // the GeoJSON is not valid
	IndexFound                 ResultCode = 200 // an index with this name or on this bin already exists with another definition
	IndexNotFound              ResultCode = 201 // there is no such index
	IndexOutOfMemory           ResultCode = 202 // the server has no memory for the index
	IndexNotReadable           ResultCode = 203 // the index is still being built
	IndexError                 ResultCode = 204 // the index could not be used
	IndexNameTooLong           ResultCode = 205 // the name of the index is too long
	IndexMaxCount              ResultCode = 206 // the namespace has the maximum number of indexes
)

type codeText struct{ name, text string }

var codeTexts = map[ResultCode]codeText{
	ClientError:                {"CLIENT_ERROR", "the command failed in the client"},
	OK:                         {"OK", "success"},
	ServerError:                {"SERVER_ERROR", "generic failure on the server, e.g. a stored list or map that is not valid"},
	KeyNotFound:                {"KEY_NOT_FOUND", "the record does not exist"},
	GenerationError:            {"GENERATION_ERROR", "the record's generation is not the expected one"},
	ParameterError:             {"PARAMETER_ERROR", "the request is malformed or contradicts itself"},
	KeyExists:                  {"KEY_EXISTS", "the record already exists"},
	BinExists:                  {"BIN_EXISTS", "the bin already exists"},
	ClusterKeyMismatch:         {"CLUSTER_KEY_MISMATCH", "the cluster changed during the command"},
	OutOfSpace:                 {"OUT_OF_SPACE", "the namespace refuses writes: out of memory or storage"},
	ServerTimeout:              {"TIMEOUT", "the server ran out of time for the command"},
	AlwaysForbidden:            {"ALWAYS_FORBIDDEN", "the operation is forbidden"},
	PartitionUnavailable:       {"PARTITION_UNAVAILABLE", "the node does not serve this partition now"},
	BinTypeError:               {"BIN_TYPE_ERROR", "the operation does not fit the type of the bin"},
	RecordTooBig:               {"RECORD_TOO_BIG", "the record would exceed the namespace's max-record-size"},
	KeyBusy:                    {"KEY_BUSY", "too many commands are waiting for this record"},
	QueryAborted:               {"QUERY_ABORTED", "the query was aborted by an operator, or the client read too slowly"},
	UnsupportedFeature:         {"UNSUPPORTED_FEATURE", "the server does not support this"},
	BinNotFound:                {"BIN_NOT_FOUND", "the bin does not exist"},
	DeviceOverload:             {"DEVICE_OVERLOAD", "the storage cannot keep up with the writes"},
	KeyMismatch:                {"KEY_MISMATCH", "the stored user key differs from the one sent"},
	InvalidNamespace:           {"INVALID_NAMESPACE", "the server has no such namespace"},
	BinNameTooLong:             {"BIN_NAME_TOO_LONG", "a bin name is longer than 15 bytes or has a NUL in it"},
	Forbidden:                  {"FORBIDDEN", "the server's configuration or state forbids this now"},
	ElementNotFound:            {"ELEMENT_NOT_FOUND", "the element of the list or map does not exist"},
	ElementExists:              {"ELEMENT_EXISTS", "the element of the list or map already exists"},
	EnterpriseOnly:             {"ENTERPRISE_ONLY", "this needs the Enterprise Edition"},
	OpNotApplicable:            {"OP_NOT_APPLICABLE", "the operation does not apply to the current value of the bin"},
	FilteredOut:                {"FILTERED_OUT", "the filter expression is not true for the record"},
	LostConflict:               {"LOST_CONFLICT", "the write lost a conflict between data centers"},
	InvalidEncoding:            {"INVALID_ENCODING", "the text is not valid in its encoding"},
	XDRKeyBusy:                 {"XDR_KEY_BUSY", "the record is being shipped to another data center"},
	SecurityQueryEnd:           {"QUERY_END", "end of an answer about users or roles"},
	SecurityNotSupported:       {"SECURITY_NOT_SUPPORTED", "the server's edition has no security"},
	SecurityNotEnabled:         {"SECURITY_NOT_ENABLED", "security is not configured on the server"},
	SecurityScheme:             {"SECURITY_SCHEME", "the security scheme is not supported"},
	SecurityCommand:            {"SECURITY_COMMAND", "the administration command is unknown"},
	SecurityField:              {"SECURITY_FIELD", "a field of the administration command is missing or not valid"},
	SecurityState:              {"SECURITY_STATE", "the administration command is not possible in this state"},
	InvalidUser:                {"INVALID_USER", "the user does not exist or its name is not valid"},
	UserExists:                 {"USER_EXISTS", "the user already exists"},
	InvalidPassword:            {"INVALID_PASSWORD", "the password is not valid"},
	ExpiredPassword:            {"EXPIRED_PASSWORD", "the password has expired"},
	ForbiddenPassword:          {"FORBIDDEN_PASSWORD", "the password is forbidden, e.g. used before"},
	InvalidCredential:          {"INVALID_CREDENTIAL", "the credential is not valid"},
	ExpiredSession:             {"EXPIRED_SESSION", "the session has expired"},
	InvalidRole:                {"INVALID_ROLE", "the role does not exist or its name is not valid"},
	RoleExists:                 {"ROLE_EXISTS", "the role already exists"},
	InvalidPrivilege:           {"INVALID_PRIVILEGE", "the privilege is not valid"},
	InvalidAllowlist:           {"INVALID_ALLOWLIST", "the list of addresses is not valid"},
	QuotasNotEnabled:           {"QUOTAS_NOT_ENABLED", "quotas are not enabled on the server"},
	InvalidQuota:               {"INVALID_QUOTA", "the quota is not valid"},
	NotAuthenticated:           {"NOT_AUTHENTICATED", "the connection is not logged in"},
	RoleViolation:              {"ROLE_VIOLATION", "the user lacks the privilege for this"},
	NotAllowlisted:             {"NOT_ALLOWLISTED", "the client's address is not on the role's list"},
	QuotaExceeded:              {"QUOTA_EXCEEDED", "the user's quota is exceeded"},
	LDAPNotConfigured:          {"LDAP_NOT_CONFIGURED", "LDAP is not configured on the server"},
	LDAPSetup:                  {"LDAP_SETUP", "the server could not set up LDAP"},
	LDAPTLSSetup:               {"LDAP_TLS_SETUP", "the server could not set up TLS to LDAP"},
	LDAPAuthentication:         {"LDAP_AUTHENTICATION", "LDAP refused the user"},
	LDAPQuery:                  {"LDAP_QUERY", "the server's query to LDAP failed"},
	UDFError:                   {"UDF_ERROR", "the user-defined function failed"},
	TransactionBlocked:         {"TRANSACTION_BLOCKED", "the record is locked by another transaction"},
	TransactionVersionMismatch: {"TRANSACTION_VERSION_MISMATCH", "a record read by the transaction has changed"},
	TransactionExpired:         {"TRANSACTION_EXPIRED", "the transaction's deadline has passed"},
	TransactionTooManyWrites:   {"TRANSACTION_TOO_MANY_WRITES", "a transaction writes at most 4096 records"},
	TransactionCommitted:       {"TRANSACTION_COMMITTED", "the transaction is already committed"},
	TransactionAborted:         {"TRANSACTION_ABORTED", "the transaction is already aborted"},
	TransactionAlreadyLocked:   {"TRANSACTION_ALREADY_LOCKED", "the transaction already holds the lock on the record"},
	TransactionMonitorExists:   {"TRANSACTION_MONITOR_EXISTS", "the transaction has already started"},
	BatchDisabled:              {"BATCH_DISABLED", "batches are disabled on the server"},
	BatchMaxRequests:           {"BATCH_MAX_REQUESTS", "the batch has more rows than the server allows"},
	BatchQueuesFull:            {"BATCH_QUEUES_FULL", "the server's batch queues are full"},
	InvalidGeoJSON:             {"INVALID_GEOJSON", "the GeoJSON is not valid"},
	IndexFound:                 {"INDEX_FOUND", "an index with this name or on this bin already exists with another definition"},
	IndexNotFound:              {"INDEX_NOT_FOUND", "there is no such index"},
	IndexOutOfMemory:           {"INDEX_OOM", "the server has no memory for the index"},
	IndexNotReadable:           {"INDEX_NOT_READABLE", "the index is still being built"},
	IndexError:                 {"INDEX_ERROR", "the index could not be used"},
	IndexNameTooLong:           {"INDEX_NAME_TOO_LONG", "the name of the index is too long"},
	IndexMaxCount:              {"INDEX_MAX_COUNT", "the namespace has the maximum number of indexes"},
}

// String returns the name of the code, such as "KEY_NOT_FOUND". For an unknown code the name
// contains the number.
func (c ResultCode) String() string {
	if t, ok := codeTexts[c]; ok {
		return t.name
	}
	return "RESULT_CODE_" + strconv.Itoa(int(c))
}

// Error returns the name, the number and a description of the code.
func (c ResultCode) Error() string {
	if t, ok := codeTexts[c]; ok {
		return t.name + " (" + strconv.Itoa(int(c)) + "): " + t.text
	}
	return "unknown result code " + strconv.Itoa(int(c))
}
