CREATE TABLE `adapter_alias_moves` (
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`alias` text NOT NULL,
	`sequence` integer NOT NULL,
	`version` integer NOT NULL,
	`moved_at` integer NOT NULL,
	`undone_at` integer,
	PRIMARY KEY(`tenant_id`, `name`, `alias`, `sequence`)
);
--> statement-breakpoint
CREATE TABLE `adapter_deletions` (
	`digest` text PRIMARY KEY NOT NULL,
	`claimed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `adapter_uploads` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`name` text NOT NULL,
	`bytes` integer NOT NULL,
	`digest` text,
	`multipart_id` text,
	`part_digests` text,
	`state` text NOT NULL,
	`version` integer,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`claimed_at` integer
);
--> statement-breakpoint
CREATE INDEX `adapter_uploads_expires` ON `adapter_uploads` (`expires_at`);--> statement-breakpoint
CREATE INDEX `adapter_uploads_tenant` ON `adapter_uploads` (`tenant_id`);--> statement-breakpoint
CREATE INDEX `adapter_uploads_digest` ON `adapter_uploads` (`digest`);--> statement-breakpoint
ALTER TABLE `adapter_versions` ADD `details` text;--> statement-breakpoint
ALTER TABLE `adapter_versions` ADD `deleted_at` integer;--> statement-breakpoint
CREATE INDEX `adapter_versions_digest` ON `adapter_versions` (`digest`);