/** Denies Secrets called `denied`, and quotes their data. */
export const POLICY = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'sidekey-kubernetes-test' },
      spec: {
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              resources: ['secrets'],
              operations: ['CREATE', 'UPDATE'],
              resourceNames: ['denied'],
            },
          ],
        },
        validations: [
          {
            expression: 'false',
            messageExpression: '"no: " + string(object.data.token)',
            reason: 'Forbidden',
          },
        ],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'sidekey-kubernetes-test' },
      spec: { policyName: 'sidekey-kubernetes-test', validationActions: ['Deny'] },
    },
  ],
};
