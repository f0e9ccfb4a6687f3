/** What API_KEY_PEPPER is in each step of a rotation, as infra/runbooks/key-leak.md has it; before them it is `$OLD`. */
export const pepperRotationSteps = ['$OLD,$NEW', '$NEW,$OLD', '$NEW'] as const;
