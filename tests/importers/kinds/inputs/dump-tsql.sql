USE [Stage]
GO
/****** Object:  Table [dbo].[parts]    Script Date: 1/1/2026 ******/
SET ANSI_NULLS ON
GO
CREATE TABLE [dbo].[parts](
	[part_id] [int] IDENTITY(1,1) NOT FOR REPLICATION NOT NULL,
	[part_no] [nvarchar](30) NOT NULL,
	[state] [nvarchar](4) NULL,
	[price] [decimal](5, 2) NULL,
	[guid] [uniqueidentifier] ROWGUIDCOL NOT NULL,
	[total]  AS ([price]*(2)) PERSISTED,
 CONSTRAINT [PK_parts] PRIMARY KEY CLUSTERED
(
	[part_id] ASC
)WITH (PAD_INDEX = OFF, STATISTICS_NORECOMPUTE = OFF) ON [PRIMARY]
) ON [PRIMARY]
GO
ALTER TABLE [dbo].[parts] ADD  CONSTRAINT [DF_guid]  DEFAULT (newid()) FOR [guid]
GO
ALTER TABLE [dbo].[parts]  WITH CHECK ADD  CONSTRAINT [CK_state] CHECK  (([state]='done' OR [state]='new'))
GO
ALTER TABLE [dbo].[parts] CHECK CONSTRAINT [CK_state]
GO
