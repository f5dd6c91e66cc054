module estate.vmware/simulator

go 1.23.0

// Later releases, up to 0.56 at least, answer an empty faultToleranceState, which pyVmomi refuses together with the
// whole runtime and summary of a virtual machine.
require github.com/vmware/govmomi v0.52.0

require github.com/google/uuid v1.6.0
