/** Prompt templates by version name; an adapter stores the name it was trained with (method.md section 6; paper section 3). */
export type TemplateName = 'clean-1' | 'upr-1' | 'authors-1';
